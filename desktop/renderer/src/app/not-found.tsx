import { Button } from '@mantine/core'
import { Link } from 'wouter'
import { Message } from '../ui/message.tsx'
import { Page } from '../ui/page.tsx'

export function NotFound() {
  return (
    <Page title="No such page">
      <Message
        whole
        title="There is no page at this address"
        code="NOT_FOUND"
        actions={
          <Button component={Link} href="/">
            Go to the overview
          </Button>
        }
      >
        <p>The link may be from another version, or cut short.</p>
      </Message>
    </Page>
  )
}
