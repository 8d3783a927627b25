import type { DisablingEdit } from './disabling-edit.ts'
import { NETWORK_EDITS } from './network-edits.ts'
import { ORACLE_EDITS } from './oracle-edits.ts'
import { REGISTRY_EDITS } from './registry-edits.ts'

/** A requirement that no edit of a source can turn off, and why. */
type Exemption = { readonly id: string; readonly reason: string }

/** At least one for every requirement that is not exempt. */
export const EDITS: readonly DisablingEdit[] = [...ORACLE_EDITS, ...NETWORK_EDITS, ...REGISTRY_EDITS]

/** None at present: every requirement is a rule of code. */
export const EXEMPTIONS: readonly Exemption[] = []
