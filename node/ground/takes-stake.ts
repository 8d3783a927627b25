/** Whether the action, by its name, puts bond token at risk; all others cost gas alone, or pay. */
export function takesStake({ action }: { readonly action: string }): boolean {
  return action === 'propose' || action === 'contribute' || action === 'appeal'
}
