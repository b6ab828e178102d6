import { Link, useLocation } from 'wouter'
import classes from './sub-nav.module.css'

interface SubNavProps {
  readonly label: string
  readonly items: readonly {
    readonly path: string
    readonly label: string
    /** Shown when it is not zero. */
    readonly count?: number
  }[]
}

/** The pages of one screen. */
export function SubNav({ label, items }: SubNavProps) {
  const [path] = useLocation()
  return (
    <nav aria-label={label} className={classes.nav}>
      {items.map((item) => (
        <Link key={item.path} href={item.path} aria-current={path === item.path ? 'page' : undefined}>
          {item.label}
          {item.count !== undefined && item.count > 0 && <span data-figures>{item.count}</span>}
        </Link>
      ))}
    </nav>
  )
}
