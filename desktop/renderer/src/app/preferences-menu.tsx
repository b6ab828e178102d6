import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { IconDeviceDesktop, IconMoon, IconSun, IconSunglasses } from '@tabler/icons-react'
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
  const [opened, setOpened] = useState(false)
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" shadow="md" width={220}>
      <Menu.Target>
        <Tooltip label="Theme and display" disabled={opened}>
          <ActionIcon variant="subtle" size="lg" aria-label="Theme and display">
            <Current size={20} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Theme</Menu.Label>
        <Menu.RadioGroup value={choice}>
          {themeChoices.map((theme) => {
            const Icon = icons[theme]
            return (
              <Menu.RadioItem
                key={theme}
                value={theme}
                rightSection={<Icon size={18} stroke={1.5} aria-hidden="true" />}
                onChange={() => update({ theme })}
              >
                {themeLabels[theme]}
              </Menu.RadioItem>
            )
          })}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>Density</Menu.Label>
        <Menu.RadioGroup value={density}>
          {densities.map((value) => (
            <Menu.RadioItem key={value} value={value} onChange={() => update({ density: value })}>
              {densityLabels[value]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.CheckboxItem checked={utc} onChange={(checked) => update({ utc: checked })}>
          Times in UTC
        </Menu.CheckboxItem>
      </Menu.Dropdown>
    </Menu>
  )
}
