import type { Hex } from 'viem'
import type { Collateral } from '../chain/collateral.ts'
import type { ChainPort } from '../chain/port.ts'
import type { Transactions } from '../chain/transactions.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Report } from '#protocol/report.ts'
import type { Book } from '../cosign/book.ts'
import type { Halt } from '../ground/halt.ts'
import type { Journal } from '../journal.ts'
import type { Juror } from '../juror/juror.ts'
import type { Log } from '../log.ts'
import type { Reporter } from '../observe/reporter.ts'
import type { OlderLog } from '../older-log.ts'
import type { Roll } from '../presence/roll.ts'
import type { Signer } from '../sign.ts'
import type { Keys } from '../sign/keys.ts'
import type { Store } from '../store/store.ts'
import type { Watch } from '../watch.ts'
import type { Dues } from './dues.ts'
import type { KnownReporters } from './known-reporters.ts'
import type { Network } from './network.ts'
import type { Panels } from './panels.ts'
import type { RollCall } from './roll-call.ts'
import type { Rosters } from './rosters.ts'
import type { Untracked } from './untracked.ts'

/** Everything a running node is made of. */
export type Parts = {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  readonly store: Store
  readonly chain: ChainPort
  readonly journal: Journal
  readonly transactions: Transactions
  readonly collateral: Collateral
  /** What is at stake, or about to be, in all fixings that are not settled but this, wei. */
  readonly elsewhere: (fixingId: Hex) => bigint
  readonly halt: Halt
  readonly reporter: Reporter
  readonly network: Network
  readonly book: Book
  readonly roll: Roll
  readonly rollCall: RollCall
  readonly juror: Juror
  readonly dues: Dues
  readonly untracked: Untracked
  /** Undefined without a key, as the signer that stands before them. */
  readonly keys: Keys | undefined
  readonly signer: Signer | undefined
  /** What is signed of a report, in this deployment's domain. */
  readonly digestOf: (report: Report) => Hex
  readonly watch: Watch
  readonly olderLog: OlderLog
  readonly panels: Panels
  readonly rosters: Rosters
  /** Registered reporters, as far as they were read. */
  readonly known: KnownReporters
}
