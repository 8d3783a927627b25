import { ADAPTER_EDITS } from './adapter-edits.ts'
import { CONSUMER_EDITS } from './consumer-edits.ts'
import { COSIGNING_EDITS } from './cosigning-edits.ts'
import { COURT_EDITS } from './court-edits.ts'
import type { DisablingEdit } from './disabling-edit.ts'
import { GAME_EDITS } from './game-edits.ts'
import { JURY_EDITS } from './jury-edits.ts'
import { NETWORK_EDITS } from './network-edits.ts'
import { ORACLE_EDITS } from './oracle-edits.ts'
import { PAYOFF_EDITS } from './payoff-edits.ts'
import { PEER_EDITS } from './peer-edits.ts'
import { PRESENCE_EDITS } from './presence-edits.ts'
import { REGISTRY_EDITS } from './registry-edits.ts'
import { REPORTER_EDITS } from './reporter-edits.ts'
import { TERMS_EDITS } from './terms-edits.ts'

/** A requirement that no edit of a source can turn off, and why. */
type Exemption = { readonly id: string; readonly reason: string }

/** At least one for every requirement that is not exempt. */
export const EDITS: readonly DisablingEdit[] = [
  ...ORACLE_EDITS,
  ...TERMS_EDITS,
  ...GAME_EDITS,
  ...PAYOFF_EDITS,
  ...NETWORK_EDITS,
  ...REGISTRY_EDITS,
  ...COSIGNING_EDITS,
  ...PRESENCE_EDITS,
  ...PEER_EDITS,
  ...REPORTER_EDITS,
  ...JURY_EDITS,
  ...COURT_EDITS,
  ...CONSUMER_EDITS,
  ...ADAPTER_EDITS,
]

/** None at present: every requirement is a rule of code. */
export const EXEMPTIONS: readonly Exemption[] = []
