import { type Address, type Hex, keccak256, type LocalAccount } from 'viem'
import { CANCEL_GAS, capsOfCalls, type Fees, firstFees, isStuck, raisedFees } from '#client/fees.ts'
import type { Call } from '#client/send.ts'
import type { Reception } from '#client/reception.ts'
import type { Outlook } from '#client/transaction.ts'
import { turnstile } from '#client/turnstile.ts'
import { smaller } from '#protocol/rational.ts'
import type { FeeLimits } from '../config/fees.ts'
import { nextNonce } from './nonce.ts'
import type { Slot, Version } from '../store/slot.ts'
import type { Fate, NonceFate, PassingRefusal, PursuitTerms, Sent, Terms, Wire } from './port.ts'
import { type Refused, refusedByAll } from './refused.ts'
import { isOverdue, isUrgent } from './urgency.ts'

/** Who signs transactions. */
export type SendingAccount = Pick<LocalAccount, 'address' | 'signTransaction'>

/** What sending works with. */
export type SenderComponents = {
  readonly wire: AgreedWire
  readonly chainId: number
  readonly account: SendingAccount
  readonly caps: FeeLimits
}

/** Sends transactions of one account, and sees them through. */
export interface Sender {
  readonly address: Address
  /** Signs, writes down and broadcasts. Throws DeadRpcError if no endpoint answered before it was signed. */
  send(call: Call, terms: Terms): Promise<Sent>
  /** One look at a transaction that was sent, and whatever it takes to have it mined, or not. Throws DeadRpcError. */
  pursue(slot: Slot, terms: PursuitTerms): Promise<Fate>
}

/** Everything that sending needs of all endpoints together. */
export type AgreedWire = Omit<Wire, 'broadcast'> & {
  /** The best that any endpoint says to it; 'refused' only if as many as must agree refuse it, 'unheard' if fewer do. */
  readonly broadcast: (raw: Hex) => Promise<Reception | 'unheard'>
  /** Why as many endpoints as must agree would refuse the call at their newest block; undefined: they do not. */
  readonly refusal: (call: Call) => Promise<string | undefined>
}

type SizedCall = NonNullable<Slot['call']>

/**
 * How long it must have looked as if another transaction had a nonce before that is believed: what answers may be several
 * nodes, of which one has counted a block that another has not seen yet.
 */
const SURE_BLOCKS = 3n

/**
 * INVARIANT: no version of a transaction leaves before it is written down, and a nonce is given to one call of this store only.
 */
export function createSender(components: SenderComponents): Sender {
  const { wire, account } = components
  const caps = capsOfCalls(components.caps)
  const inTurn = turnstile()
  /** By raw transaction, the newest block at which an endpoint had it. */
  const told = new Map<Hex, bigint>()
  /** By nonce, since which block another transaction seems to have it. */
  const taken = new Map<number, bigint>()
  const refused = refusedByAll(SURE_BLOCKS)
  const forgetTold = ({ versions }: Slot): void => {
    for (const { raw } of versions) if (raw !== undefined) told.delete(raw)
  }

  /** Whether anybody has it is found out by looking at the chain, not by what endpoints say to it. */
  const leave = async (slot: Slot, outlook: Outlook): Promise<void> => {
    forgetTold(slot)
    const receptions: (Reception | 'unheard')[] = []
    for (const raw of offered(slot, outlook)) {
      const reception = await wire.broadcast(raw).catch(() => 'unheard' as const)
      receptions.push(reception)
      if (reception === 'unheard' || reception === 'refused') continue
      // The older one is told again with every look: a newer one may be taken by then.
      if (raw === slot.versions.at(-1)?.raw) told.set(raw, outlook.number)
      break
    }
    const newest = slot.versions.at(-1)
    // Some take nothing that the newest block would not: that says nothing of any later one.
    if (newest !== undefined && isStuck(newest, outlook)) refused.forget(slot.nonce)
    else refused.note(slot.nonce, outlook.number, receptions)
  }
  const sendFirst = async (call: SizedCall, feeLimit: bigint | undefined, terms: Terms): Promise<Sent> => {
    const outlook = await wire.outlook()
    const fees = firstFees(outlook, caps, feeLimit)
    if (fees === undefined) return { kind: 'refused', reason: 'Client.DearGasError' satisfies PassingRefusal }
    const affordable = affordableFee(outlook, call)
    const paid = firstFees(outlook, caps, affordable < fees.maxFeePerGas ? affordable : fees.maxFeePerGas)
    if (paid === undefined) return { kind: 'refused', reason: 'Client.PoorAccountError' satisfies PassingRefusal }
    const vetoed = terms.veto() ?? (await terms.standing(outlook))
    if (vetoed !== undefined) return { kind: 'refused', reason: vetoed }
    const nonce = terms.nonce ?? nextNonce(outlook, terms.nonces())
    const empty: Slot = { nonce, from: account.address, call, versions: [], feeLimit }
    const slot = await signed(components, empty, paid, outlook.time)
    await terms.record(slot)
    // Forbidden while it was written down: the next look cancels it.
    if (terms.veto() === undefined) await leave(slot, outlook)
    return { kind: 'sent' }
  }

  return {
    address: account.address,
    async send(call, terms) {
      const tried = await wire.tryOut(call)
      if (tried.kind === 'refused') return tried
      const { estimate, limit: gas } = tried
      const feeLimit = terms.maxGasCost === undefined ? undefined : terms.maxGasCost / estimate
      return inTurn(() => sendFirst({ ...call, gas }, feeLimit, terms))
    },
    async pursue(slot, terms) {
      const { outlook, record, veto } = terms
      const fate = await wire.nonceFate({ nonce: slot.nonce, hashes: slot.versions.map(({ hash }) => hash) })
      if (fate.kind !== 'open') forgetTold(slot)
      if (fate.kind !== 'superseded') taken.delete(slot.nonce)
      else {
        const since = taken.get(slot.nonce) ?? outlook.number
        taken.set(slot.nonce, since)
        if (outlook.number < since + SURE_BLOCKS) return { kind: 'pending' }
        taken.delete(slot.nonce)
        return { kind: 'refused', reason: 'another transaction took its nonce' satisfies PassingRefusal }
      }
      if (fate.kind === 'mined') {
        refused.forget(slot.nonce)
        return endedBy(slot, fate)
      }
      const last = slot.versions.at(-1)
      const isTold = last?.raw !== undefined && told.get(last.raw) === outlook.number
      if (last === undefined || (isTold && veto() === undefined)) return { kind: 'pending' }
      const next = await nextVersion({ ...components, refused }, slot, last, terms)
      const replaced = next === undefined ? slot : await signed(components, slot, next.fees, outlook.time, next.cancels)
      if (next !== undefined) await record(replaced)
      // Forbidden while it was written down: the next look cancels it.
      const isLeaving = veto() === undefined || replaced.versions.at(-1)?.cancels !== undefined
      if (isLeaving) await leave(replaced, outlook)
      return { kind: 'pending' }
    },
  }
}

/** What it takes to sign the next version: what it offers, and why it is to cancel, if it is. */
type NextVersion = { readonly fees: Fees; readonly cancels?: string | undefined }

/** How to go on with a transaction that was not mined; undefined: as it is. */
async function nextVersion(
  { wire, caps, refused }: SenderComponents & { readonly refused: Refused },
  slot: Slot,
  last: Version,
  { outlook, urgentTime, isNext, veto }: PursuitTerms,
): Promise<NextVersion | undefined> {
  const pace = isUrgent(outlook.time, urgentTime) ? 'urgent' : 'patient'
  const raiseCancel = (): Fees | undefined =>
    raisedFees(last, outlook, caps, { limit: outlook.balance / CANCEL_GAS, pace })
  const overdue = isOverdue(last, outlook.time, urgentTime)
  if (last.cancels !== undefined) {
    const fees = overdue ? raiseCancel() : undefined
    return fees === undefined ? undefined : { fees, cancels: last.cancels }
  }
  if (slot.call === undefined) {
    const fees = raiseCancel()
    return fees === undefined ? undefined : { fees, cancels: 'What it was is not kept any more.' }
  }
  const isUnwanted = isNext && refused.isSure(slot.nonce, outlook.number)
  const unwanted = isUnwanted ? 'Every endpoint refuses it.' : undefined
  const why = veto() ?? (isNext ? await wire.refusal(slot.call) : undefined) ?? unwanted
  // If the caps allow no more, a pool that has the old version keeps it; one that dropped it takes this one.
  if (why !== undefined) return { fees: raiseCancel() ?? within(last, outlook.balance / CANCEL_GAS), cancels: why }
  if (!overdue) return undefined
  const { call, feeLimit } = slot
  const own = capsOfCalls(caps)
  const affordable = affordableFee(outlook, call)
  const fees = raisedFees(last, outlook, own, { limit: smaller(affordable, feeLimit ?? affordable), pace })
  if (fees !== undefined) return { fees }
  const isWorthLess = feeLimit !== undefined && feeLimit < own.maxFeePerGas
  // Where the operator's caps are in the way, everything of ours waits. Else others wait for its nonce.
  const free = isWorthLess && isStuck(last, outlook) ? raiseCancel() : undefined
  return free === undefined ? undefined : { fees: free, cancels: 'Gas costs more by now than it is worth.' }
}

/** What is broadcast of a slot: its newest version and, for when that is refused, the newest that the balance pays for. */
function offered({ versions, call }: Slot, outlook: Outlook): readonly Hex[] {
  const newest = versions.at(-1)
  // INVARIANT: what was cancelled is not sent any more.
  const alike = versions.filter(({ cancels }) => (cancels === undefined) === (newest?.cancels === undefined))
  const most = affordableFee(outlook, (newest?.cancels === undefined ? call : undefined) ?? { gas: CANCEL_GAS })
  const older = alike.slice(0, -1).findLast(({ maxFeePerGas }) => maxFeePerGas <= most)
  return [newest, older].flatMap((version) => version?.raw ?? [])
}

function within({ maxFeePerGas, maxPriorityFeePerGas }: Fees, most: bigint): Fees {
  return { maxFeePerGas: smaller(most, maxFeePerGas), maxPriorityFeePerGas: smaller(most, maxPriorityFeePerGas) }
}

async function signed(
  { account, chainId }: SenderComponents,
  slot: Slot,
  { maxFeePerGas, maxPriorityFeePerGas }: Fees,
  at: bigint,
  cancels?: string,
): Promise<Slot> {
  const nothing = { to: account.address, data: '0x', value: 0n, gas: CANCEL_GAS } as const
  const { to, data, value = 0n, gas } = (cancels === undefined ? slot.call : undefined) ?? nothing
  const fees = { maxFeePerGas, maxPriorityFeePerGas }
  const raw = await account.signTransaction({
    chainId,
    type: 'eip1559',
    nonce: slot.nonce,
    to,
    data,
    value,
    gas,
    ...fees,
  })
  const version: Version = { ...fees, hash: keccak256(raw), raw, at, cancels }
  return { ...slot, versions: [...slot.versions, version] }
}

function endedBy({ versions }: Slot, { hash, block, isSuccess, moved }: Extract<NonceFate, { kind: 'mined' }>): Fate {
  const isCancelled = versions.some((version) => version.hash === hash && version.cancels !== undefined)
  if (isCancelled) return { kind: 'refused', reason: 'cancelled' satisfies PassingRefusal, block, hash }
  return isSuccess
    ? { kind: 'done', moved, block, hash }
    : { kind: 'refused', reason: 'reverted on chain' satisfies PassingRefusal, block, hash }
}

/** What the account can offer per gas at most, wei; negative if it cannot even pay what is sent along. */
function affordableFee({ balance }: Outlook, { value = 0n, gas }: Pick<SizedCall, 'value' | 'gas'>): bigint {
  return (balance - value) / gas
}
