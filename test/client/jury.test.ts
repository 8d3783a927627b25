import {
  type Address,
  createTestClient,
  decodeFunctionData,
  type Hex,
  http,
  keccak256,
  numberToHex,
  padHex,
  parseEventLogs,
} from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeHeader, readHeader } from '#client/block-header.ts'
import { latestBlock, type WritableChain } from '#client/chain.ts'
import { deployJury } from '#client/deploy-oracle.ts'
import { OracleRevertError } from '#client/errors.ts'
import {
  admitCall,
  commitCall,
  drawCall,
  openCaseCall,
  readmitCalls,
  resolveCall,
  revealCall,
  stakeSeatsCall,
  unstakeSeatsCall,
  withdrawIdleCall,
} from '#client/jury-calls.ts'
import {
  type JurySeat,
  type JuryTerms,
  readCase,
  readJuryTerms,
  readmitted,
  readPool,
  readReturned,
  readSeats,
  verdictIn,
} from '#client/jury.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { request } from '#client/oracle-writer.ts'
import { send } from '#client/send.ts'
import { ensureCollateral, wethBalance } from '#client/weth.ts'
import { juryArbitratorAbi } from '#protocol/abi/jury-arbitrator.ts'
import { type Fixing, fixingId, INVALID } from '#protocol/fixing.ts'
import { drawPlaces, drawSeed } from '#protocol/jury.ts'
import { majorityChance } from '../protocol/jury-odds.ts'
import { ETHER, MATURITY, raiseStage, type Stage, START } from './chain-fixture.ts'
import { SMALL_JURY } from './jury-terms.ts'

const TERMS: JuryTerms = { ...SMALL_JURY, seats: 7, quorum: 4, leastPool: 9, seatStake: ETHER }
/** Where EIP-2935 keeps the hashes of blocks. */
const HISTORY = '0x0000F90827F1C53a10cb7A02335B175320002935'
const TRUTH = 2_500n * ETHER
const NAMES = ['juror-1', 'juror-2', 'juror-3'] as const

let stage: Stage
let jury: Address
let fixing: Fixing
let id: Hex
const jurors = new Map<Address, WritableChain>()

beforeAll(async () => {
  stage = await raiseStage()
  const { oracle, weth, council } = stage.deployments
  const deployer = await stage.as('jury-deployer')
  jury = await deployJury(deployer, oracle, TERMS)
  for (const name of NAMES) {
    const chain = await stage.as(name)
    await ensureCollateral(chain, weth, jury, 10n * ETHER)
    await send(chain, stakeSeatsCall(jury, 4))
    jurors.set(chain.account.address, chain)
  }
  await stage.embedded.mineAt(START + 2n * 86_400n)
  for (const juror of jurors.keys()) await send(deployer, admitCall(jury, juror))
  fixing = { ...stage.fixing, arbitrator: jury, backup: council }
  id = fixingId(fixing, { chainId: deployer.chainId, oracle })
  await stage.embedded.mineAt(MATURITY + BigInt(fixing.proposalGrace))
  await request(deployer, oracle, fixing)
})
afterAll(() => stage.embedded.stop())

async function mine(blocks: number): Promise<void> {
  const client = createTestClient({ mode: 'anvil', transport: http(stage.embedded.rpcUrl) })
  await client.mine({ blocks, interval: 12 })
}

function jurorOf(seat: JurySeat): WritableChain {
  const chain = jurors.get(seat.juror)
  if (chain === undefined) throw new Error(`Nobody here has ${seat.juror}.`)
  return chain
}

function voteOf({ seat, juror }: JurySeat, value: bigint) {
  return { fixingId: id, round: 0, seat, juror, value, salt: numberToHex(seat + 1, { size: 32 }) }
}

test('the contract draws a majority as often as the odds say (R-501)', async () => {
  const anyone = await stage.as('anyone')
  const client = createTestClient({ mode: 'anvil', transport: http(stage.embedded.rpcUrl) })
  const before = await client.snapshot()
  await send(anyone, openCaseCall(jury, fixing))
  const { seedBlock } = await readCase(anyone, jury, id)
  // Beyond what BLOCKHASH remembers: the history contract's word can be put in place of the real one.
  await mine(500)
  const block = await anyone.publicClient.request({
    method: 'eth_getBlockByNumber',
    params: [numberToHex(seedBlock), false],
  })
  const slot = padHex(numberToHex(seedBlock % 8_191n), { size: 32 })
  const own = anyone.account.address
  const draws = 800
  let majorities = 0
  for (let i = 0; i < draws; i++) {
    const header = encodeHeader({ ...block, mixHash: keccak256(numberToHex(i)) })
    const stateDiff = [{ slot, value: keccak256(header) }]
    const [simulated] = await anyone.publicClient.simulateBlocks({
      blocks: [
        {
          stateOverrides: [{ address: HISTORY, stateDiff }],
          calls: [{ ...drawCall(jury, fixing, header), account: own }],
        },
      ],
    })
    const [drawn] = parseEventLogs({
      abi: juryArbitratorAbi,
      eventName: 'Drawn',
      logs: simulated?.calls[0]?.logs ?? [],
    })
    const seats = drawn?.args.jurors ?? fail()
    // One juror of three at most has more than half of the seats.
    if ([...jurors.keys()].some((juror) => seats.filter((seat) => seat === juror).length * 2 > TERMS.seats))
      majorities++
  }
  const chance = 3 * majorityChance({ pool: 12, held: 4, seats: TERMS.seats })
  const deviation = Math.sqrt((chance * (1 - chance)) / draws)
  expect(Math.abs(majorities / draws - chance)).toBeLessThan(4 * deviation)
  await client.revert({ id: before })
})

test('a jury of stakes is drawn by a proven seed, votes and settles the fixing (R-500 to R-504)', async () => {
  const anyone = await stage.as('anyone')
  const { oracle, weth } = stage.deployments
  // Deploying it again finds it.
  expect(await deployJury(anyone, oracle, TERMS)).toBe(jury)
  expect(await readJuryTerms(anyone, jury)).toEqual(TERMS)
  await send(anyone, openCaseCall(jury, fixing))
  const { stage: waiting, seedBlock } = await readCase(anyone, jury, id)
  expect(waiting).toBe('waiting')
  expect(seedBlock).toBe((await latestBlock(anyone)).number + 128n)

  // The endpoint does not have the header yet, and the contract not its hash.
  await expect(readHeader(anyone, seedBlock)).rejects.toThrow(/no such block/)
  await mine(300)
  const pool = await readPool(anyone, jury)
  // In parts of five, the last of which is not whole.
  expect(pool).toHaveLength(12)
  expect(await readPool(anyone, jury, undefined, 5n)).toEqual(pool)
  await send(anyone, drawCall(jury, fixing, await readHeader(anyone, seedBlock)))

  const seats = await readSeats(anyone, jury, id, 0)
  const { mixHash } = await anyone.publicClient.getBlock({ blockNumber: seedBlock })
  const places = drawPlaces(drawSeed(mixHash, id, 0), pool.length, TERMS.seats)
  expect(seats.map(({ juror }) => juror)).toEqual(places.map((place) => pool[place]))
  expect(await readPool(anyone, jury)).toHaveLength(5)

  // Six tell what they have read, one of them a little more; the last says INVALID.
  const values = seats.map(({ seat }) => (seat === 6 ? INVALID : seat === 3 ? TRUTH + 1n : TRUTH))
  for (const seat of seats)
    await send(jurorOf(seat), commitCall(anyone.chainId, jury, voteOf(seat, values[seat.seat] ?? 0n)))
  const { commitEnd, revealEnd } = await readCase(anyone, jury, id)
  const refused = await send(anyone, revealCall(jury, { ...voteOf(seats[0] ?? fail(), TRUTH) })).catch(
    (error: unknown) => error,
  )
  expect(refused).toBeInstanceOf(OracleRevertError)
  expect(refused).toMatchObject({ errorName: 'NotRevealing' })
  await stage.embedded.mineAt(commitEnd)
  for (const seat of seats) await send(anyone, revealCall(jury, voteOf(seat, values[seat.seat] ?? 0n)))
  await stage.embedded.mineAt(revealEnd)
  expect(verdictIn(await send(anyone, resolveCall(jury, fixing)))).toBe(TRUTH)

  const settled = await readFixing(anyone, oracle, fixing)
  expect(settled).toMatchObject({ phase: 'settled', settlement: TRUTH, outcome: 'ruling' })
  expect(await readCase(anyone, jury, id)).toMatchObject({ stage: 'decided', round: 0 })
  expect((await readSeats(anyone, jury, id, 0)).map(({ value }) => value)).toEqual(values)

  // Everybody takes out everything: three times four stakes and the fee, to the wei.
  const everybody = [...jurors.values(), anyone]
  const before = await Promise.all(everybody.map((chain) => wethBalance(chain, weth, chain.account.address)))
  for (const chain of jurors.values()) {
    const owner = chain.account.address
    const own = (await readPool(chain, jury)).flatMap((juror, place) => (juror === owner ? [place] : []))
    await send(chain, unstakeSeatsCall(jury, own))
  }
  const paid = []
  for (const chain of everybody) {
    const { logs } = await send(chain, withdrawIdleCall(jury))
    const [withdrawn] = parseEventLogs({ abi: juryArbitratorAbi, logs, eventName: 'Withdrawn' })
    paid.push(withdrawn?.args.amount ?? 0n)
  }
  const after = await Promise.all(everybody.map((chain) => wethBalance(chain, weth, chain.account.address)))
  expect(after.map((balance, i) => balance - (before[i] ?? 0n))).toEqual(paid)
  expect(paid.reduce((a, b) => a + b, 0n)).toBe(12n * ETHER + fixing.arbitrationFee)
  // Who drew and resolved: four seats' shares for each, of fifteen.
  expect(paid.at(-1)).toBe(2n * ((fixing.arbitrationFee * 4n) / 15n))
  expect(await wethBalance(anyone, weth, jury)).toBe(0n)
})

test('returned stakes come back in their order, in as many calls as it takes (R-500)', async () => {
  const anyone = await stage.as('anyone')
  expect(await readReturned(anyone, jury)).toEqual([])
  const [a, b, c, d]: Address[] = ['0xa1', '0xb2', '0xc3', '0xd4'].map((one) => padHex(one as Hex, { size: 20 }))
  expect(readmitted([a!], [b!, c!, d!], 2)).toEqual([a, b, c])
  expect(readmitted([a!], [b!], 0)).toEqual([a])
  const counts = (count: number) =>
    readmitCalls(jury, count).map(({ data }) => decodeFunctionData({ abi: juryArbitratorAbi, data }).args)
  expect([counts(0), counts(1), counts(256), counts(513)]).toEqual([[], [[1n]], [[256n]], [[256n], [256n], [1n]]])
})

test('the header of every block hashes to its hash', async () => {
  const anyone = await stage.as('anyone')
  for (const number of [0n, 1n, (await latestBlock(anyone)).number]) {
    expect(await readHeader(anyone, number)).toMatch(/^0xf90/)
  }
})

function fail(): never {
  throw new Error('Expected a seat.')
}
