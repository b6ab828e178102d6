import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun, IconSunglasses } from '@tabler/icons-react'
import { useState } from 'react'
import { densities, type ThemeChoice, themeChoices } from '../stores/preferences-store.ts'
import { useDensity, useThemeChoice, useUpdatePreferences, useUtc } from './hooks.ts'

const icons = { system: IconDeviceDesktop, dark: IconMoon, light: IconSun, outdoor: IconSunglasses } as const

export const themeLabels: Readonly<Record<ThemeChoice, string>> = {
  system: 'As the system',
  dark: 'Dark',
  light: 'Light',
  outdoor: 'Outdoor',
}

export const densityLabels = { comfortable: 'Comfortable', compact: 'Compact' } as const

/** Theme, density and zone of times. */
export function PreferencesMenu() {
  const choice = useThemeChoice()
  const density = useDensity()
  const utc = useUtc()
  const update = useUpdatePreferences()
  const Current = icons[choice]
  const check = <IconCheck size={16} aria-hidden="true" />
  const [opened, setOpened] = useState(false)
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" shadow="md" width={220} closeOnItemClick={false}>
      <Menu.Target>
        <Tooltip label="Theme and display" disabled={opened}>
          <ActionIcon variant="subtle" size="lg" aria-label="Theme and display">
            <Current size={20} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Theme</Menu.Label>
        {themeChoices.map((theme) => {
          const Icon = icons[theme]
          return (
            <Menu.Item
              key={theme}
              role="menuitemradio"
              aria-checked={theme === choice}
              leftSection={<Icon size={18} stroke={1.5} aria-hidden="true" />}
              rightSection={theme === choice ? check : null}
              onClick={() => update({ theme })}
            >
              {themeLabels[theme]}
            </Menu.Item>
          )
        })}
        <Menu.Divider />
        <Menu.Label>Density</Menu.Label>
        {densities.map((value) => (
          <Menu.Item
            key={value}
            role="menuitemradio"
            aria-checked={value === density}
            rightSection={value === density ? check : null}
            onClick={() => update({ density: value })}
          >
            {densityLabels[value]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          role="menuitemcheckbox"
          aria-checked={utc}
          rightSection={utc ? check : null}
          onClick={() => update({ utc: !utc })}
        >
          Times in UTC
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
