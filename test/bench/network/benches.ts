import { backfill } from './backfill.ts'
import type { Say } from './bench.ts'
import { burst } from './burst.ts'
import { catchUp } from './catch-up.ts'
import type { Result } from './figures.ts'
import { openFixings } from './open-fixings.ts'
import { verify } from './verify.ts'

/** A benchmark: as large as the goals say, or as small as shows that it works. */
export type Bench = {
  readonly name: string
  readonly run: (size: 'full' | 'small', say: Say) => Promise<Result>
}

const sized =
  <Options>(run: (options: Options, say: Say) => Promise<Result>, full: Options, small: Options): Bench['run'] =>
  (size, say) =>
    run(size === 'full' ? full : small, say)

const burstOf = (reporters: number): Bench => ({
  name: `burst-${reporters}`,
  run: sized(burst, { reporters, rounds: 3 }, { reporters: 4, rounds: 1 }),
})

/** Everything that `npm run bench:network` measures, in its order. */
export const BENCHES: readonly Bench[] = [
  ...[5, 20, 50, 100].map(burstOf),
  { name: 'verify', run: sized(verify, { reporters: 50, repeats: 400 }, { reporters: 4, repeats: 10 }) },
  {
    name: 'catch-up',
    run: sized(catchUp, { fixings: 24, reporters: 50, rounds: 5 }, { fixings: 3, reporters: 4, rounds: 1 }),
  },
  {
    name: 'open-fixings',
    run: sized(
      openFixings,
      { fixings: 10_000, reporters: 7, blocks: 20, news: 100 },
      { fixings: 20, reporters: 4, blocks: 1, news: 2 },
    ),
  },
  { name: 'backfill', run: sized(backfill, { logs: 1_000_000 }, { logs: 2_000 }) },
]
