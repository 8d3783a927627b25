import { fileURLToPath } from 'node:url'

/**
 * Where Node keeps compiled modules, of the command line and of the nodes it starts: beside the installed packages, so
 * that the temporary folder stays as it was found. Where it cannot be written, Node goes without.
 */
export const COMPILE_CACHE = fileURLToPath(new URL('../node_modules/.cache/assize-modules', import.meta.url))
