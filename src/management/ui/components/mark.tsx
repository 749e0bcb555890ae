/** Leveret's mark: a hare's head, drawn in the colour of the text around it. */

export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="mark">
      <path d="M12.2 16.4C8.6 12 7 7.6 8.2 3.6c3.6 1.7 5.8 5.6 6.6 10.6z" />
      <path d="M16.4 14.6c-.9-4.6-.3-8.7 2.6-11.4 2.4 3.2 2.5 7.4.9 12z" />
      <path d="M10.2 21.6c0-4.2 3.4-7.4 7.6-7.4 4.6 0 8 3.6 8 7.2 0 2.2-1.6 3.4-3.6 4.2-2.2 1-3.6 3-6.4 3-3.4 0-5.6-3.2-5.6-7z" />
      <circle cx="19.6" cy="20" r="1.5" className="mark-eye" />
    </svg>
  )
}
