import type { Proposal } from './mutant.ts'
import { child, children, type Node, spanOf, word } from './syntax.ts'

const CALLS: Readonly<Record<string, string>> = {
  add: 'sub',
  sub: 'add',
  mul: 'div',
  div: 'mul',
  gt: 'lt',
  lt: 'gt',
  shl: 'shr',
  shr: 'shl',
  and: 'or',
  or: 'and',
  eq: 'xor',
}

/** Mutants of inline assembly. They are built one by one: assembly cannot ask which of them is wanted. */
export function yulProposals(assembly: Node, text: string): readonly Proposal[] {
  const tree = child(assembly, 'AST')
  return tree === undefined ? [] : walk(tree, text)
}

function walk(node: Node, text: string): readonly Proposal[] {
  return [...at(node, text), ...children(node).flatMap((each) => walk(each, text))]
}

function at(node: Node, text: string): readonly Proposal[] {
  const { start, end } = spanOf(node)
  const whole = (operator: string, others: readonly string[]): readonly Proposal[] =>
    others.map((other) => ({ operator, parts: [{ start, end, text: other }] }))
  switch (node.nodeType) {
    case 'YulLiteral': {
      const value = BigInt(text.slice(start, end))
      return whole('constant', value === 0n ? ['1'] : [`${value + 1n}`, `${value - 1n}`])
    }
    case 'YulFunctionCall': {
      const name = child(node, 'functionName')
      const other = name === undefined ? undefined : CALLS[word(name, 'name')]
      return name === undefined || other === undefined
        ? []
        : [{ operator: 'assembly', parts: [{ ...spanOf(name), text: other }] }]
    }
    case 'YulAssignment':
    case 'YulExpressionStatement':
      return whole('removed statement', [''])
    default:
      return []
  }
}
