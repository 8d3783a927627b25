import type { Edit } from '../mutation/edit.ts'

/** An edit that turns one rule of a requirement off, and still compiles. */
export type DisablingEdit = Edit & { readonly id: string; readonly rule: string }
