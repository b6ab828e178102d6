import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { IconKeyboard, IconLink, IconLogout, IconUser } from '@tabler/icons-react'
import { useState } from 'react'
import { useBackend, useScreen } from './hooks.ts'
import { useAccess } from './use-access.ts'

/** Who is signed in here, and what follows from it. */
export function AccountMenu() {
  const { kind } = useBackend()
  const screen = useScreen()
  const { copySignInLink, signOut } = useAccess()
  const [opened, setOpened] = useState(false)
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" shadow="md" width={220}>
      <Menu.Target>
        <Tooltip label="This session" disabled={opened}>
          <ActionIcon variant="subtle" size="lg" aria-label="This session">
            <IconUser size={20} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {kind === 'browser' ? 'Signed in by a link in this browser' : 'Signed in by this window'}
        </Menu.Label>
        <Menu.Item leftSection={<IconLink size={18} stroke={1.5} aria-hidden="true" />} onClick={copySignInLink}>
          Copy a sign-in link
        </Menu.Item>
        <Menu.Item
          leftSection={<IconKeyboard size={18} stroke={1.5} aria-hidden="true" />}
          onClick={() => screen.open('help')}
        >
          Keyboard help
        </Menu.Item>
        {kind === 'browser' && (
          <Menu.Item leftSection={<IconLogout size={18} stroke={1.5} aria-hidden="true" />} onClick={signOut}>
            Sign out
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
