import { createdIn, type CreatedFixing, type OracleEvent } from '#client/fixing-log.ts'

/** A fixing that was announced, with its part of the log. */
export type LoggedFixing = CreatedFixing & { readonly events: readonly OracleEvent[] }

/** The fixings that `events` announce, in chain order, each with its part: whoever asks about many reads the log once. */
export function loggedIn(events: readonly OracleEvent[]): LoggedFixing[] {
  const parts = Map.groupBy(events, ({ args }) => ('id' in args ? args.id : undefined))
  return createdIn(events).map((created) => ({ ...created, events: parts.get(created.id) ?? [] }))
}
