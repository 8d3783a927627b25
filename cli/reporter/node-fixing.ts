import { InputError } from '../errors.ts'
import { shorten } from '../format.ts'

/** The one fixing that the node follows whose id begins so. Throws InputError for none, or several. */
export function oneOf<F extends { readonly id: string }>(fixings: readonly F[], beginning: string): F {
  const [fixing, ...others] = fixings.filter(({ id }) => id.startsWith(beginning.toLowerCase()))
  if (fixing === undefined) {
    throw new InputError(
      `Expected a fixing that the node follows, got "${beginning}".`,
      fixings.length === 0 ? 'It follows none.' : `It follows ${fixings.map(({ id }) => shorten(id)).join(', ')}`,
    )
  }
  if (others.length === 0) return fixing
  throw new InputError(
    `Expected one fixing, got ${others.length + 1} that begin with ${beginning}.`,
    'Give more of it.',
  )
}
