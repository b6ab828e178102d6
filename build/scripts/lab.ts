/** `npm run lab`: the lab's own command line. */
import '../lab/cli.ts'
