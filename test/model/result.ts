import type { Hex } from 'viem'

/** Arguments of an event, an error or a return value, as the ABI has them: a struct is its encoding. */
export type Words = readonly (bigint | boolean | Hex)[]

export type ModelEvent = { readonly name: string; readonly args: Words }

/** What a call does according to the model. */
export type Result =
  | { readonly ok: true; readonly returns: Words; readonly events: readonly ModelEvent[] }
  | { readonly ok: false; readonly error: string; readonly args: Words }

/** A call that the rules refuse, with the contract's error. Every effect of the call is void. */
export class Refused extends Error {
  override readonly name = 'Model.Refused'
  readonly error: string
  readonly args: Words
  constructor(error: string, args: Words = []) {
    super(error)
    this.error = error
    this.args = args
  }
}
