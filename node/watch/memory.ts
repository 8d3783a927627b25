import type { Hex } from 'viem'
import type { Fixing } from '#protocol/fixing.ts'
import type { Head, OracleEvent } from '../chain/port.ts'

/** Where found fixings are kept, and how far the log was read. */
export interface WatchMemory {
  nextBlock(): Promise<bigint | undefined>
  /** The newest block that was thought to stay. */
  anchor(): Promise<Head | undefined>
  /** Whether everything was read again, since the chain was undone, and not everything that follows from it was done. */
  isUndone(): Promise<boolean>
  /** The fixing's events before {@link WatchMemory.nextBlock}; undefined if they were not kept. */
  log(id: Hex): Promise<readonly OracleEvent[] | undefined>
  /** Remembers all of it or nothing. */
  extend(found: readonly FoundFixing[], nextBlock: bigint, stretch: Stretch): Promise<void>
  /** Whether the fixing was found before, and nothing is left to be done about it. */
  isClosed(id: Hex): Promise<boolean>
}

/** A fixing of an index this node holds the document of. */
export type FoundFixing = { readonly id: Hex; readonly fixing: Fixing; readonly block: bigint }

/** What is remembered with the next block. */
export type Stretch = {
  /** Undefined: that of before. */
  readonly anchor: Head | undefined
  readonly logs: readonly LogTail[]
  /** Fixings whose logs are not known any more: those of an undone chain that nothing has found again so far. */
  readonly dropped: readonly Hex[]
  /** Everything was read again, since the chain was undone. */
  readonly isUndone: boolean
}

/** A fixing's events before the next block, from the place `from` on, the first being 0: nothing is behind them. */
export type LogTail = { readonly id: Hex; readonly from: number; readonly events: readonly OracleEvent[] }
