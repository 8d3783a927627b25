import type { Address } from 'viem'
import { Refused, type Words } from './result.ts'

const MAX_WORD = (1n << 256n) - 1n
export const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000'

/** ERC-6909 as its standard has it, with the errors of OpenZeppelin's implementation, which the protocol leaves open. */
export class Receipts {
  private readonly balances = new Map<bigint, Map<Address, bigint>>()
  private readonly allowances = new Map<string, bigint>()
  private readonly operators = new Set<string>()
  /** Every event since the last call of `takeEvents`. */
  private events: { readonly name: string; readonly args: Words }[] = []

  balanceOf(holder: Address, id: bigint): bigint {
    return this.balances.get(id)?.get(holder) ?? 0n
  }

  mint(to: Address, id: bigint, amount: bigint): void {
    this.move(to, ZERO_ADDRESS, to, id, amount)
  }

  burn(from: Address, id: bigint): bigint {
    const amount = this.balanceOf(from, id)
    this.move(from, from, ZERO_ADDRESS, id, amount)
    return amount
  }

  transfer(caller: Address, to: Address, id: bigint, amount: bigint): void {
    this.pass(caller, caller, to, id, amount)
  }

  transferFrom(caller: Address, from: Address, to: Address, id: bigint, amount: bigint): void {
    const isFree = caller === from || this.operators.has(`${from}/${caller}`)
    const left = isFree ? MAX_WORD : this.allowanceLeft(caller, from, id, amount)
    this.pass(caller, from, to, id, amount)
    if (left !== MAX_WORD) this.allowances.set(`${from}/${caller}/${id}`, left)
  }

  approve(owner: Address, spender: Address, id: bigint, amount: bigint): void {
    requireSpender(spender)
    this.allowances.set(`${owner}/${spender}/${id}`, amount)
    this.events.push({ name: 'Approval', args: [owner, spender, id, amount] })
  }

  setOperator(owner: Address, spender: Address, approved: boolean): void {
    requireSpender(spender)
    const key = `${owner}/${spender}`
    if (approved) this.operators.add(key)
    else this.operators.delete(key)
    this.events.push({ name: 'OperatorSet', args: [owner, spender, approved] })
  }

  takeEvents(): { readonly name: string; readonly args: Words }[] {
    const events = this.events
    this.events = []
    return events
  }

  /** Everybody's balance of everything, as `[holder, id, balance]`, without zeros. */
  holdings(): [Address, bigint, bigint][] {
    return [...this.balances].flatMap(([id, holders]) =>
      [...holders]
        .filter(([, held]) => held > 0n)
        .map(([holder, held]): [Address, bigint, bigint] => [holder, id, held]),
    )
  }

  private allowanceLeft(caller: Address, from: Address, id: bigint, amount: bigint): bigint {
    const allowed = this.allowances.get(`${from}/${caller}/${id}`) ?? 0n
    if (allowed === MAX_WORD) return MAX_WORD
    if (allowed < amount) throw new Refused('ERC6909InsufficientAllowance', [caller, allowed, amount, id])
    return allowed - amount
  }

  private pass(caller: Address, from: Address, to: Address, id: bigint, amount: bigint): void {
    if (to === ZERO_ADDRESS) throw new Refused('ERC6909InvalidReceiver', [to])
    this.move(caller, from, to, id, amount)
  }

  private move(caller: Address, from: Address, to: Address, id: bigint, amount: bigint): void {
    if (from !== ZERO_ADDRESS) {
      const held = this.balanceOf(from, id)
      if (held < amount) throw new Refused('ERC6909InsufficientBalance', [from, held, amount, id])
      this.set(from, id, held - amount)
    }
    if (to !== ZERO_ADDRESS) this.set(to, id, this.balanceOf(to, id) + amount)
    this.events.push({ name: 'Transfer', args: [caller, from, to, id, amount] })
  }

  private set(holder: Address, id: bigint, amount: bigint): void {
    const holders = this.balances.get(id) ?? new Map<Address, bigint>()
    this.balances.set(id, holders.set(holder, amount))
  }
}

function requireSpender(spender: Address): void {
  if (spender === ZERO_ADDRESS) throw new Refused('ERC6909InvalidSpender', [spender])
}
