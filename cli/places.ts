import { fileURLToPath } from 'node:url'

/** The program of a node, which runs as a process of its own. */
export const NODE_MAIN = fileURLToPath(new URL('../node/main.ts', import.meta.url))

/**
 * Where Node keeps compiled modules, of the command line and of the nodes it starts: beside the installed packages, so
 * that the temporary folder stays as it was found. Where it cannot be written, Node goes without.
 */
export const COMPILE_CACHE = fileURLToPath(new URL('../node_modules/.cache/assize-modules', import.meta.url))
