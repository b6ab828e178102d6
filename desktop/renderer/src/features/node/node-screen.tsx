export function NodeScreen({ id }: { readonly id: string }) {
  return <p>{id}</p>
}
