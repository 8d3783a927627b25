/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The variable that a setting is given by, e.g. `ASSIZE_POLICY_PER_POT_WEI` for `policy.per_pot_wei`. */
export function variableOf(field: string): string {
  return `ASSIZE_${field.replace('.', '_').toUpperCase()}`
}

/** The flag that a setting is given by, without its dashes, e.g. `policy-per-pot-wei` for `policy.per_pot_wei`. */
export function flagOf(field: string): string {
  return field.replaceAll(/[._]/g, '-')
}

/**
 * What the environment says of these settings, by their dotted names. An empty variable counts as not set: unit files and
 * containers pass on those that nobody filled in, and a limit that is not written is no limit of 0.
 */
export function settingsIn(env: Environment, fields: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const field of fields) {
    const text = env[variableOf(field)]
    if (text !== undefined && text !== '') found[field] = text
  }
  return found
}

/** What commands read beside the settings of a node. */
const COMMANDS = ['ASSIZE_ACCOUNT', 'ASSIZE_JURY', 'ASSIZE_PASSWORD', 'ASSIZE_VAULT']
/** Letters by which a name that is mistyped may differ. */
const MISTYPED = 2

/**
 * The variables that are set and no setting among these `fields`, but seem to be meant as one: of one of their tables, with a part
 * of the name left out, or mistyped. Others are left alone: Kubernetes makes some for every service.
 */
export function strayIn(env: Environment, fields: readonly string[]): string[] {
  const known = fields.map(variableOf)
  const tables = new Set(
    fields.flatMap((field) => (field.includes('.') ? [variableOf(field.replace(/\..*/, '.'))] : [])),
  )
  const isMeant = (name: string): boolean =>
    [...tables].some((table) => name.startsWith(table)) ||
    known.some(
      (other) =>
        other.startsWith(`${name}_`) ||
        other.endsWith(name.replace(/^ASSIZE/, '')) ||
        distance(other, name) <= MISTYPED,
    )
  return Object.keys(env).filter(
    (name) =>
      name.startsWith('ASSIZE_') &&
      (env[name] ?? '') !== '' &&
      !known.includes(name) &&
      !COMMANDS.includes(name) &&
      isMeant(name),
  )
}

/** How many letters must be changed, added or left out to make one of the other: Levenshtein's. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (let i = 0; i < one.length; i += 1) {
    const next = [i + 1]
    for (let j = 0; j < other.length; j += 1) {
      const changed = (row[j] ?? 0) + (one[i] === other[j] ? 0 : 1)
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
