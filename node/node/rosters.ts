import type { Panel, Reporter } from '../chain/port.ts'

/** Who reports for a fixing, and how their signers are found. */
export type Roster = Panel & {
  /** Registry index by lower-case signer. */
  readonly indexOf: ReadonlyMap<string, number>
}

/** Makes rosters; fixings with the same reporters are given the same one. */
export type Rosters = (panel: Panel) => Roster

/** Distinct rosters that are looked for: changes of the registry while fixings of before are still open. */
const REMEMBERED = 8

/** Thousands of fixings may be open at once, nearly all of the same reporters, whom every answer of a chain or a disk lists anew. */
export function shareRosters(): Rosters {
  const recent: Roster[] = []
  return (panel) => {
    const known = recent.find((one) => isSamePanel(one, panel))
    if (known !== undefined) return known
    const { epoch, reporters } = panel
    const indexOf = new Map(reporters.map(({ signer, index }) => [signer.toLowerCase(), index]))
    const roster = { epoch, reporters, indexOf }
    recent.unshift(roster)
    recent.splice(REMEMBERED)
    return roster
  }
}

/** Whether they name the same reporters in the same order, of the same epoch. */
export function isSamePanel(a: Panel, b: Panel): boolean {
  if (a.epoch !== b.epoch || a.reporters.length !== b.reporters.length) return false
  return a.reporters.every((one, i) => {
    const other = b.reporters[i]
    return other !== undefined && isSameReporter(one, other)
  })
}

function isSameReporter(a: Reporter, b: Reporter): boolean {
  return a.index === b.index && a.owner === b.owner && a.signer === b.signer && a.peerId === b.peerId && a.key === b.key
}
