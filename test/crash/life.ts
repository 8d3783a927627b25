/** What one life of the node, however often it was killed, left behind. */
export type Life = {
  /** The points that its first process passed. */
  readonly points: readonly string[]
  /** Those that its second process passed; none if the first lived on. */
  readonly later: readonly string[]
  readonly deaths: number
  /** Everything that may not differ from life to life. */
  readonly result: Result
}

/**
 * How the chain treats transactions: `calm`: everything is mined at once; `dear`: blocks come one by one and gas is dear for a
 * while, so that what is sent is replaced, and the operator halts the node for a while, so that it is cancelled.
 */
export type Weather = 'calm' | 'dear'

/** Where a life's first process is to die, and where the second. */
export type Kills = readonly [first?: string, second?: string]

export type Result = {
  /**
   * The functions of oracle and registry that the node's account called, in alphabetical order. Whether a proposal was
   * co-signed depends on what gas costs and who is heard when: it is one either way.
   */
  readonly calls: readonly string[]
  /** Whether it attested a fixing more than once; how long it took decides whether it attests what was proposed plainly. */
  readonly isAttestedAgain: boolean
  /** What the account has of the bond token, wei: what it wrapped, and what it won. */
  readonly tokens: bigint
  /** Whether oracle or registry may take more of it than one proposal's bond, which another way of proposing leaves behind. */
  readonly isOverAllowed: boolean
  /** Each fixing's leader, rounds and stake at its end. */
  readonly fixings: readonly { readonly leader: bigint; readonly round: number; readonly staked: bigint }[]
  /** What a peer holds of the node's observations: the value of each fixing's, and who signed twice. */
  readonly observed: readonly string[]
  readonly equivocators: number
}
