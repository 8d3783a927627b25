/** One thing that was looked at; `fix`: what to do where it is not well. */
export type Check = {
  readonly what: string
  readonly state: 'ok' | 'warn' | 'bad'
  readonly found: string
  readonly fix?: string
}
