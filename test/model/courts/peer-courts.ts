import { Refused } from '../result.ts'

/** A court of ERC-792 that the adapter asks, as far as it can be seen from there. Amounts are wei, times seconds. */
export type PeerCourt = {
  /** What a dispute costs. */
  cost: bigint
  /** The number of the next dispute. */
  next: bigint
  appealCost(disputeId: bigint): bigint
  /** Refuses what an appeal that is paid `appealCost` would be refused for. */
  requireAppealable(disputeId: bigint, now: bigint): void
  appeal(disputeId: bigint): void
}

const APPEAL_TIME = 180n
const WAITING = 0n
const APPEALABLE = 1n
const SOLVED = 2n

type Dispute = { status: bigint; ruling: bigint; appealEnd: bigint; appeals: bigint }

/** CentralizedArbitratorWithAppeal of @kleros/erc-792, from its source. */
export class KlerosCourt implements PeerCourt {
  cost = 10n ** 15n
  private readonly disputes = new Map<bigint, Dispute>()

  get next(): bigint {
    return BigInt(this.disputes.size)
  }

  set next(disputeId: bigint) {
    this.disputes.set(disputeId - 1n, { status: WAITING, ruling: 0n, appealEnd: 0n, appeals: 0n })
  }

  appealCost(disputeId: bigint): bigint {
    return this.cost << this.dispute(disputeId).appeals
  }

  /** It counts the appeal before it asks for twice what it told: only where it costs nothing can anybody appeal. */
  requireAppealable(disputeId: bigint, now: bigint): void {
    const dispute = this.dispute(disputeId)
    const [paid, want] = [this.appealCost(disputeId), this.cost << (dispute.appeals + 1n)]
    if (paid < want) throw new Refused('InsufficientPayment', [paid, want])
    this.requireStatus(dispute, APPEALABLE)
    if (now > dispute.appealEnd) throw new Refused('AfterAppealPeriodEnd', [now, dispute.appealEnd])
  }

  appeal(disputeId: bigint): void {
    const dispute = this.dispute(disputeId)
    dispute.appeals += 1n
    dispute.status = WAITING
  }

  giveRuling(disputeId: bigint, ruling: bigint, max: bigint, now: bigint): void {
    const dispute = this.dispute(disputeId)
    if (ruling > max) throw new Refused('InvalidRuling', [ruling, max])
    this.requireStatus(dispute, WAITING)
    Object.assign(dispute, { ruling, status: APPEALABLE, appealEnd: now + APPEAL_TIME })
  }

  /** The ruling that it now tells whom it is for. `told` marks that it did. */
  executable(disputeId: bigint, now: bigint): { readonly ruling: bigint; readonly told: () => void } {
    const dispute = this.dispute(disputeId)
    this.requireStatus(dispute, APPEALABLE)
    if (now <= dispute.appealEnd) throw new Refused('BeforeAppealPeriodEnd', [now, dispute.appealEnd])
    const told = (): void => {
      dispute.status = SOLVED
    }
    return { ruling: dispute.ruling, told }
  }

  /** When the time to appeal ends, if a ruling can be appealed; else 0. */
  appealEnd(disputeId: bigint): bigint {
    const { status, appealEnd } = this.dispute(disputeId)
    return status === APPEALABLE ? appealEnd : 0n
  }

  private dispute(disputeId: bigint): Dispute {
    const dispute = this.disputes.get(disputeId)
    if (dispute === undefined) throw new RangeError(`Expected dispute ${disputeId} at the court.`)
    return dispute
  }

  private requireStatus({ status }: Dispute, want: bigint): void {
    if (status !== want) throw new Refused('InvalidStatus', [status, want])
  }
}

/** test/contracts/model/ModelCourt.sol: rules what it is told, whenever, and numbers its disputes as it is told. */
export class LooseCourt implements PeerCourt {
  cost = 10n ** 15n
  next = 0n
  private readonly appeals = new Map<bigint, bigint>()

  appealCost(disputeId: bigint): bigint {
    return this.cost << (1n + (this.appeals.get(disputeId) ?? 0n))
  }

  /** Of any dispute, at any time. */
  requireAppealable(): void {}

  appeal(disputeId: bigint): void {
    this.appeals.set(disputeId, (this.appeals.get(disputeId) ?? 0n) + 1n)
  }
}
