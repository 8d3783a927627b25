/** A fenced block of a document, or an indented one. */
export type Block = {
  readonly document: string
  /** What stands behind the fence, such as `sh not-run`; `indented` for a block without a fence. */
  readonly info: string
  readonly text: string
}

/** Every block of code in `markdown`, in its order. */
export function blocksIn(document: string, markdown: string): Block[] {
  const fenced = /^```([^\n]*)\n(.*?)^```$/gms
  const blocks = [...markdown.matchAll(fenced)].map(([, info = '', text = '']) => ({ document, info, text }))
  const prose = markdown.replaceAll(fenced, '')
  const indented = [...prose.matchAll(/(?<=^\n)(?: {4}[^\n]*\n)+/gm)]
  return [
    ...blocks,
    ...indented.map(([text]) => ({ document, info: 'indented', text: text.replaceAll(/^ {4}/gm, '') })),
  ]
}

/** The commands in a text, each on one line, without its comment and without what follows in a pipe. */
export function commandsIn(text: string): string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) =>
      /^(?:[A-Z_]+=\S+ )*(?:assize|npm|npx|openssl|podman|curl|git|systemctl|journalctl|cast|forge) /.test(`${line} `),
    )
}
