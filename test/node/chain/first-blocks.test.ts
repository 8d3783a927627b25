import { expect, test } from 'vitest'
import type { BlockHead } from '#client/chain.ts'
import { rememberFirstBlocks } from '../../../node/chain/first-blocks.ts'

/** Blocks every 12 s, of the fork `a` until tests say otherwise, and what was asked of them. */
function chain() {
  const state = { fork: 'a', isDead: false }
  const asked: string[] = []
  const at = (number: bigint): BlockHead => ({ number, time: 12n * number, hash: `0x${state.fork}${number}` })
  const { find: first, doubt } = rememberFirstBlocks(
    async (time) => {
      asked.push(`find ${time}`)
      if (state.isDead) throw new Error('dead')
      return at(time / 12n + 1n)
    },
    async (number) => {
      asked.push(`block ${number}`)
      return at(number)
    },
  )
  return { state, asked, at, first, doubt }
}

test('the first block after a time is looked for once, and asked for by its number from then on', async () => {
  const { asked, at, first } = chain()
  expect([await first(120n, at(50n)), await first(120n, at(51n)), await first(130n, at(51n))]).toEqual(
    [11n, 11n, 11n].map(at),
  )
  expect(asked).toEqual(['find 120', 'block 11', 'find 130'])
})

test('a first block that is not there any more, or not yet, is looked for again', async () => {
  const { state, asked, at, first } = chain()
  await first(120n, at(50n))
  state.fork = 'b'
  expect(await first(120n, at(50n))).toEqual({ number: 11n, time: 132n, hash: '0xb11' })
  await first(120n, at(10n))
  expect(asked).toEqual(['find 120', 'block 11', 'find 120', 'find 120'])
})

test('it is looked for once by all who ask meanwhile, and again if that failed', async () => {
  const { state, asked, at, first } = chain()
  expect(await Promise.all([first(120n, at(50n)), first(120n, at(50n))])).toEqual([at(11n), at(11n)])
  expect(asked.splice(0)).toEqual(['find 120', 'block 11'])
  state.isDead = true
  await expect(first(300n, at(50n))).rejects.toThrow('dead')
  state.isDead = false
  expect(await first(300n, at(50n))).toEqual(at(26n))
  expect(asked).toEqual(['find 300', 'find 300'])
})

test('one that is doubted is asked for once with the block before it', async () => {
  const { asked, at, first, doubt } = chain()
  await first(120n, at(50n))
  doubt(120n)
  expect([await first(120n, at(51n)), await first(120n, at(52n))]).toEqual([at(11n), at(11n)])
  expect(asked).toEqual(['find 120', 'block 11', 'block 10', 'block 11'])
})

test('a doubted one that never was the first is looked for again', async () => {
  const head: BlockHead = { number: 50n, time: 600n, hash: '0xa50' }
  const found: BlockHead[] = [{ number: 12n, time: 144n, hash: '0xa12' }]
  const { find, doubt } = rememberFirstBlocks(
    async () => found.shift() ?? { number: 11n, time: 132n, hash: '0xa11' },
    async (number) => ({ number, time: 12n * number, hash: `0xa${number}` }),
  )
  expect([(await find(120n, head)).number, (await find(120n, head)).number]).toEqual([12n, 12n])
  doubt(120n)
  expect((await find(120n, head)).number).toBe(11n)
})

test('so many first blocks are remembered as were asked for last', async () => {
  const { asked, at, first } = chain()
  for (let time = 0n; time < 1_024n; time += 1n) await first(time, at(500n))
  await first(0n, at(500n))
  await first(2_000n, at(500n))
  asked.length = 0
  await first(0n, at(500n))
  await first(1n, at(500n))
  expect(asked).toEqual(['block 1', 'find 1'])
})
