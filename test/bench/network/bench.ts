/** Says how far a benchmark is, to whoever waits for it. */
export type Say = (line: string) => void
