import Table from 'cli-table3'
import { SINK } from '#client/deployment-plan.ts'
import { formatEth } from '../format.ts'
import type { FundsAudit } from './audit.ts'
import type { Ledger, Movement } from './audit-funds.ts'
import { everybody, ownerOf, type People, type Person } from './people.ts'
import type { World } from './world.ts'

/**
 * The line of one account, or of a reporter's signer and its owner together, wei. ETH and wrapped ETH count alike.
 * `change` = staking + vault + trades + fees + gas.
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
  /** What gas cost: never positive. */
  readonly gas: bigint
  /** The reporter's stake, which it still owns: part of `after`. */
  readonly locked: bigint
}

/** Where the oracle's and the vault's money went, wei: deposits = payouts + sink + fee + dust. */
export type Flows = {
  readonly deposits: bigint
  readonly payouts: bigint
  readonly sink: bigint
  readonly fee: bigint
  readonly dust: bigint
}

export type BalanceSheet = {
  readonly lines: readonly BalanceLine[]
  readonly oracle: Flows
  readonly vault: Flows
}

/** Who gained and who lost, and how the oracle's and the vault's books close. */
export function drawUp(world: World, audit: FundsAudit): BalanceSheet {
  const { people, deployments, before } = world
  const lines = households(people).map((household) => lineOf(household, world, before, audit))
  return {
    lines: lines.filter(({ change }) => change !== 0n),
    oracle: flowsOf(audit.movements, deployments.oracle, deployments.council),
    vault: flowsOf(audit.movements, deployments.vault, undefined),
  }
}

/** The sheet as a table for people. */
export function renderSheet({ lines, oracle, vault }: BalanceSheet): string {
  const table = new Table({
    head: ['ETH', 'before', 'after', 'change', 'staking', 'P and N', 'trades', 'fees', 'gas'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const { who, ...amounts } of lines) {
    const { before, after, change, staking, vault: legs, trades, fees, gas } = amounts
    table.push([who, ...[before, after].map(wei), ...[change, staking, legs, trades, fees, gas].map(signed)])
  }
  const books = ([name, flows]: [string, Flows]): string =>
    `${name}: ${formatEth(flows.deposits)} in = ${formatEth(flows.payouts)} paid out + ${formatEth(flows.sink)} burned + ${formatEth(flows.fee)} fee + ${remainder(flows.dust)}`
  return [
    table.toString(),
    ...(
      [
        ['oracle', oracle],
        ['vault', vault],
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

function lineOf({ who, members }: Household, world: World, ledger: Ledger, audit: FundsAudit): BalanceLine {
  const addresses = members.map(({ account }) => account.address.toLowerCase())
  const total = (of: (address: string) => bigint): bigint => addresses.map(of).reduce((sum, amount) => sum + amount, 0n)
  const held = (of: Ledger): bigint => total((address) => (of.get(address)?.eth ?? 0n) + (of.get(address)?.weth ?? 0n))
  const { oracle, vault, registry, council, backupCouncil } = world.deployments
  const net = (other: string): bigint => total((address) => netWith(audit.movements, address, other))
  const others = everybody(world.people).map(({ account: { address: other } }) => other)
  const locked = -net(registry)
  const [before, after] = [held(ledger), held(audit.after) + locked]
  return {
    who,
    before,
    after,
    change: after - before,
    staking: net(oracle),
    vault: net(vault),
    trades: others.map(net).reduce((sum, amount) => sum + amount, 0n),
    fees: net(council) + net(backupCouncil),
    gas: -total((address) => audit.gas.get(address) ?? 0n),
    locked,
  }
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

function flowsOf(movements: readonly Movement[], contract: string, feeTaker: string | undefined): Flows {
  const own = contract.toLowerCase()
  const total = (select: (movement: Movement) => boolean): bigint =>
    movements.filter(select).reduce((sum, { amount }) => sum + amount, 0n)
  const deposits = total(({ to }) => to === own)
  const sink = total(({ from, to }) => from === own && to === SINK.toLowerCase())
  const fee = total(({ from, to }) => from === own && to !== undefined && to === feeTaker?.toLowerCase())
  const payouts = total(({ from }) => from === own) - sink - fee
  return { deposits, payouts, sink, fee, dust: deposits - payouts - sink - fee }
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
