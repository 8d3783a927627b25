import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { defineSeriesCreate } from './series-create.ts'
import { defineSeriesList } from './series-list.ts'
import { defineSeriesShow } from './series-show.ts'

/** Adds `assize series …`: what P and N are of. */
export function defineSeries(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const group = program.command('series')
  for (const define of [defineSeriesCreate, defineSeriesList, defineSeriesShow]) define(group, context, done)
}
