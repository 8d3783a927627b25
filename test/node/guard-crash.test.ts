import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createGuard } from '../../node/guard.ts'
import { createSigner, type Signer } from '../../node/sign.ts'
import { localKeys } from '../../node/sign/keys.ts'
import { openStore } from '../../node/store/store.ts'
import { DOMAIN, keyOf, observationOf } from './reporters.ts'
import { temporaryFolder } from './temporary.ts'

const CHILD = fileURLToPath(new URL('guard-child.ts', import.meta.url))

/** Runs the sign path in a process of its own and kills it with SIGKILL at `place`. */
async function killAt(place: string, dataDir: string): Promise<void> {
  const child = spawn(process.execPath, [CHILD, dataDir, place], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function reopened<T>(dataDir: string, use: (signer: Signer) => Promise<T>): Promise<T> {
  const store = await openStore(dataDir)
  try {
    return await use(createSigner(localKeys(keyOf('ann')), DOMAIN, createGuard(store.guard)))
  } finally {
    await store.close()
  }
}

test.each(['after-guard', 'after-sign'])(
  'killed %s, signs the same again and refuses another for ever',
  async (place) => {
    const dataDir = temporaryFolder()
    await killAt(place, dataDir)
    for (const restart of [1, 2]) {
      await reopened(dataDir, async (signer) => {
        await expect(signer.sign(observationOf({ value: 1n }))).rejects.toMatchObject({
          name: 'Guard.SecondDigestError',
        })
        expect((await signer.sign(observationOf())).value, `restart ${restart}`).toBe(observationOf().value)
      })
    }
  },
)

test('killed before the guard wrote, is free to sign what it observes then', async () => {
  const dataDir = temporaryFolder()
  await killAt('before-guard', dataDir)
  await reopened(dataDir, async (signer) => {
    expect((await signer.sign(observationOf({ value: 1n }))).value).toBe(1n)
    await expect(signer.sign(observationOf())).rejects.toMatchObject({ name: 'Guard.SecondDigestError' })
  })
})
