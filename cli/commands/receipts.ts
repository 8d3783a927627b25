import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { defineReceiptsList } from './receipts-list.ts'
import { defineReceiptsTransfer } from './receipts-transfer.ts'

/** Adds `assize receipts …`: what an account holds, and handing it on. */
export function defineReceipts(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const group = program.command('receipts')
  for (const define of [defineReceiptsList, defineReceiptsTransfer]) define(group, context, done)
}
