import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex, LocalAccount } from 'viem'
import { keccak256, stringToHex } from 'viem'
import { connect, latestBlock, type WritableChain } from '#client/chain.ts'
import { signRuling, submitRuling } from '#client/council.ts'
import { create, propose } from '#client/oracle-writer.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import type { Context } from '../../cli/context.ts'
import { writeKeystore } from '../../node/ground/keystore.ts'
import { accountOf, ETHER, MATURITY, raiseStage, type Stage } from '../client/chain-fixture.ts'
import { assize, type Run } from './command-line.ts'

/** scrypt's N of keys that guard nothing. */
const THROW_AWAY = 1_024

/** Somebody with a keystore and little money, at a command line. */
export type Disputer = {
  readonly account: LocalAccount
  readonly env: Readonly<Record<string, string>>
  readonly chain: WritableChain
  /** Runs `assize …args` at the chain's own time. */
  run(args: readonly string[], world?: Partial<Context>): Promise<Run>
}

/** A chain with a disputed or disputable fixing, and people at command lines. */
export type Court = {
  readonly stage: Stage
  readonly folder: string
  /** `name`, with a keystore, so much ETH and no WETH. */
  disputer(name: string, wei: bigint): Promise<Disputer>
  /** A new fixing after its maturity, created; with `proposed` as its proposal, by somebody else. */
  fixing(changes?: Partial<Fixing>, proposed?: bigint): Promise<{ fixing: Fixing; id: Hex }>
  /** The council rules `value`. */
  rule(fixing: Fixing, id: Hex, value: bigint): Promise<void>
  close(): Promise<void>
}

export const FALSE = 3_000n * ETHER
export const TRUE = 2_500n * ETHER + ETHER / 10n
export const BOND = ETHER / 10n

/** Starts a chain, deploys, and passes the maturity, after `before`. */
export async function openCourt(before: (stage: Stage) => Promise<void> = () => Promise.resolve()): Promise<Court> {
  const folder = mkdtempSync(join(tmpdir(), 'assize-court-'))
  const stage = await raiseStage()
  const { oracle } = stage.deployments
  await before(stage)
  await stage.embedded.mineAt(MATURITY)
  const mallory = await stage.as('mallory')
  let salt = 0
  return {
    stage,
    folder,
    disputer: (name, wei) => disputerOf(stage, folder, name, wei),
    async fixing(changes = {}, proposed) {
      salt += 1
      const fixing = { ...stage.fixing, indexId: keccak256(stringToHex(`index ${salt}`)), ...changes }
      await create(mallory, oracle, fixing)
      if (proposed !== undefined) await propose(mallory, oracle, fixing, { value: proposed, maxBond: ETHER })
      return { fixing, id: fixingId(fixing, { chainId: mallory.chainId, oracle }) }
    },
    rule: (fixing, id, value) => rule(stage, fixing, id, value),
    async close() {
      await stage.embedded.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

async function rule(stage: Stage, fixing: Fixing, id: Hex, value: bigint): Promise<void> {
  const { council } = stage.deployments
  const member = await stage.as('mallory')
  const signatures = await Promise.all(
    ['Ada', 'Bede'].map(async (name, index) => {
      const signer = accountOf(name)
      return {
        index,
        signature: await signRuling(signer, { chainId: 31_337, address: council }, { fixingId: id, value }),
      }
    }),
  )
  await submitRuling(member, council, fixing, { value, signatures })
}

async function disputerOf(stage: Stage, folder: string, name: string, wei: bigint): Promise<Disputer> {
  const account = accountOf(name)
  const keystore = join(folder, `${name}.json`)
  await writeKeystore(keystore, keccak256(stringToHex(`test ${name}`)), `password of ${name}`, { cost: THROW_AWAY })
  writeFileSync(join(folder, `${name}.password`), `password of ${name}\n`)
  await stage.embedded.setBalance(account.address, wei)
  const chain = await connect({ rpcUrl: stage.embedded.rpcUrl, account, pollingMs: 20 })
  const env = {
    ASSIZE_RPC_URL: stage.embedded.rpcUrl,
    ASSIZE_ORACLE: stage.deployments.oracle,
    ASSIZE_KEYSTORE: keystore,
    ASSIZE_PASSWORD_FILE: join(folder, `${name}.password`),
  }
  return {
    account,
    env,
    chain,
    async run(args, world = {}) {
      const { time } = await latestBlock(chain)
      return assize(args, env, { now: () => time, ...world })
    },
  }
}

/** A terminal at which somebody types `answer`, after `meanwhile` has happened. */
export function typing(answer: string, meanwhile: () => Promise<unknown> = () => Promise.resolve()): Partial<Context> {
  const reply = async (): Promise<string> => {
    await meanwhile()
    return answer
  }
  return { terminal: { ask: reply, askSecret: reply } }
}

/** Hashes, addresses and instants differ from run to run. */
export function withoutChance(text: string, known: Readonly<Record<string, string>> = {}): string {
  const named = Object.entries(known).reduce((shown, [name, hex]) => shown.replaceAll(hex, name), text)
  return named.replaceAll(/0x[0-9a-fA-F]{40,64}/g, '0x…').replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME')
}
