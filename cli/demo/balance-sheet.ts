import Table from 'cli-table3'
import { SINK } from '#client/deployment-plan.ts'
import { formatEth } from '../format.ts'
import type { FundsAudit } from './audit.ts'
import type { Ledger, Movement } from './audit-funds.ts'
import { everybody, ownerOf, type People, type Person } from './people.ts'
import type { World } from './world.ts'

/**
 * The line of one account, or of a reporter's signer and its owner together, wei. ETH and wrapped ETH count alike.
 * `change` = staking + vault + trades + fees + attesting + gas.
 */
export type BalanceLine = {
  readonly who: string
  readonly before: bigint
  readonly after: bigint
  readonly change: bigint
  /** What the oracle paid less what it took. */
  readonly staking: bigint
  /** What the vault paid less what it took. */
  readonly vault: bigint
  /** What other people paid less what they were paid. */
  readonly trades: bigint
  /** What the council paid out of the arbitration fee. */
  readonly fees: bigint
  /** What the registry paid for attesting, less what was put up for it. */
  readonly attesting: bigint
  /** What gas cost: never positive. */
  readonly gas: bigint
  /** The reporter's stake, which it still owns: part of `after`. */
  readonly locked: bigint
}

/** Where the money of oracle, vault and registry went, wei: deposits = payouts + sink + fee + locked + dust. */
export type Flows = {
  readonly deposits: bigint
  readonly payouts: bigint
  readonly sink: bigint
  readonly fee: bigint
  /** Stakes of reporters, who still own them. */
  readonly locked: bigint
  readonly dust: bigint
}

export type BalanceSheet = {
  readonly lines: readonly BalanceLine[]
  readonly oracle: Flows
  readonly vault: Flows
  readonly registry: Flows
}

/** What the registry's movements do not say. */
export type RegistryFacts = {
  /** What reporters have at stake, wei, by their owner's lower-case address. */
  readonly stakes: ReadonlyMap<string, bigint>
  /** For whom the registry proposed: the bond that it passed on was this account's. */
  readonly proposer: string | undefined
}

/** Who gained and who lost, and how the books of oracle, vault and registry close. */
export function drawUp(world: World, audit: FundsAudit, facts: RegistryFacts): BalanceSheet {
  const { people, deployments, before } = world
  const passedOn = passedOnBy(audit.movements, deployments)
  const lines = households(people).map((household) => lineOf(household, world, before, audit, facts))
  return {
    lines: lines.filter(({ change }) => change !== 0n),
    oracle: flowsOf(audit.movements, deployments.oracle, deployments.council),
    vault: flowsOf(audit.movements, deployments.vault, undefined),
    registry: withoutBond(
      flowsOf(audit.movements, deployments.registry, undefined, sumOf(facts.stakes.values())),
      passedOn,
    ),
  }
}

/** The sheet as a table for people. */
export function renderSheet({ lines, oracle, vault, registry }: BalanceSheet): string {
  const table = new Table({
    head: ['ETH', 'before', 'after', 'change', 'staking', 'P and N', 'trades', 'fees', 'attesting', 'gas'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const { who, ...amounts } of lines) {
    const { before, after, change, staking, vault: legs, trades, fees, attesting, gas } = amounts
    table.push([who, ...[before, after].map(wei), ...[change, staking, legs, trades, fees, attesting, gas].map(signed)])
  }
  const books = ([name, flows]: [string, Flows]): string =>
    `${name}: ${formatEth(flows.deposits)} in = ${formatEth(flows.payouts)} paid out + ${formatEth(flows.sink)} burned + ${formatEth(flows.fee)} fee + ${flows.locked === 0n ? '' : `${formatEth(flows.locked)} at stake + `}${remainder(flows.dust)}`
  return [
    table.toString(),
    ...(
      [
        ['oracle', oracle],
        ['vault', vault],
        ['registry', registry],
      ] as [string, Flows][]
    ).map(books),
  ].join('\n')
}

/** Whose money is one: of a reporter that of its signer and its owner. */
type Household = { readonly who: string; readonly members: readonly Person[] }

function households(people: People): Household[] {
  return everybody(people)
    .filter(({ role }) => role !== 'owner')
    .map((person) => {
      const members = person.role === 'reporter' ? [person, ownerOf(people, person)] : [person]
      return { who: person.name, members }
    })
}

function lineOf(
  { who, members }: Household,
  world: World,
  ledger: Ledger,
  audit: FundsAudit,
  { stakes, proposer }: RegistryFacts,
): BalanceLine {
  const addresses = members.map(({ account }) => account.address.toLowerCase())
  const total = (of: (address: string) => bigint): bigint => sumOf(addresses.map(of))
  const held = (of: Ledger): bigint => total((address) => (of.get(address)?.eth ?? 0n) + (of.get(address)?.weth ?? 0n))
  const { oracle, vault, registry, council, backupCouncil } = world.deployments
  const net = (other: string): bigint => total((address) => netWith(audit.movements, address, other))
  const others = everybody(world.people).map(({ account: { address: other } }) => other)
  const hasProposed = proposer !== undefined && addresses.includes(proposer.toLowerCase())
  const bond = hasProposed ? passedOnBy(audit.movements, world.deployments) : 0n
  const locked = total((address) => stakes.get(address) ?? 0n)
  const [before, after] = [held(ledger), held(audit.after) + locked]
  return {
    who,
    before,
    after,
    change: after - before,
    staking: net(oracle) - bond,
    vault: net(vault),
    trades: sumOf(others.map(net)),
    fees: net(council) + net(backupCouncil),
    attesting: net(registry) + locked + bond,
    gas: -total((address) => audit.gas.get(address) ?? 0n),
    locked,
  }
}

/** What the registry proposed with, wei: a bond of the proposer's. */
function passedOnBy(movements: readonly Movement[], { oracle, registry }: World['deployments']): bigint {
  return netWith(movements, oracle.toLowerCase(), registry)
}

function withoutBond(flows: Flows, bond: bigint): Flows {
  return { ...flows, deposits: flows.deposits - bond, payouts: flows.payouts - bond }
}

function netWith(movements: readonly Movement[], address: string, counterparty: string): bigint {
  const other = counterparty.toLowerCase()
  let net = 0n
  for (const { from, to, amount } of movements) {
    if (from === other && to === address) net += amount
    if (from === address && to === other) net -= amount
  }
  return net
}

function flowsOf(movements: readonly Movement[], contract: string, feeTaker: string | undefined, locked = 0n): Flows {
  const own = contract.toLowerCase()
  const total = (select: (movement: Movement) => boolean): bigint =>
    sumOf(movements.filter(select).map(({ amount }) => amount))
  const deposits = total(({ to }) => to === own)
  const sink = total(({ from, to }) => from === own && to === SINK.toLowerCase())
  const fee = total(({ from, to }) => from === own && to !== undefined && to === feeTaker?.toLowerCase())
  const payouts = total(({ from }) => from === own) - sink - fee
  return { deposits, payouts, sink, fee, locked, dust: deposits - payouts - sink - fee - locked }
}

function sumOf(amounts: Iterable<bigint>): bigint {
  let sum = 0n
  for (const amount of amounts) sum += amount
  return sum
}

/** What is left in a contract: dust after everybody claimed, more before. */
function remainder(left: bigint): string {
  return left < 1_000_000n ? `${left} wei dust` : `${formatEth(left)} still inside`
}

function wei(amount: bigint): string {
  return formatEth(amount)
}

function signed(amount: bigint): string {
  if (amount === 0n) return ''
  return amount > 0n ? `+${formatEth(amount)}` : formatEth(amount)
}
