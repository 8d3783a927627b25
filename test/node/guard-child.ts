import { createGuard } from '../../node/guard.ts'
import { createSigner } from '../../node/sign.ts'
import { localKeys } from '../../node/sign/keys.ts'
import { openStore } from '../../node/store/store.ts'
import { DOMAIN, keyOf, observationOf } from './reporters.ts'

// A node's sign path that hangs between guard and signature, or right before the second copy of the digest: its parent
// kills it there.
const [dataDir = '', place = ''] = process.argv.slice(2)
const store = await openStore(dataDir)
const hang = (): Promise<never> => {
  process.stdout.write('here\n')
  setInterval(() => undefined, 1_000)
  return new Promise(() => undefined)
}
const guard = createGuard(store.guard)
const signer = createSigner(localKeys(keyOf('ann')), DOMAIN, {
  ...guard,
  async permit(...args) {
    if (place === 'before-guard') await hang()
    await guard.permit(...args)
    if (place === 'after-guard') await hang()
  },
})
await signer.sign(observationOf())
if (place === 'after-sign') await hang()
