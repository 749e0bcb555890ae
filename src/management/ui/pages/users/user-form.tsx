/** Tags and password of a user that is there. What is not touched stays: the API wants both, so the hash is sent back. */
import { Button, PasswordInput, Select, Stack } from '@mantine/core'
import { useState } from 'react'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import type { User } from '../../api/types'
import { Panel } from '../../components/page'
import { TagsField } from './create-user'

type Intent = 'keep' | 'set' | 'remove'

const intents: { value: Intent; label: string }[] = [
  { value: 'keep', label: 'Leave it as it is' },
  { value: 'set', label: 'Set a new one' },
  { value: 'remove', label: 'None: log in with a certificate only' },
]

export function UserForm({ user }: { readonly user: User }) {
  const [tags, setTags] = useState([...user.tags])
  const [intent, setIntent] = useState<Intent>('keep')
  const [password, setPassword] = useState('')
  const action = useAction()

  const save = () =>
    action.mutate(
      {
        method: 'PUT',
        path: route('users', user.name),
        body: { tags: tags.join(','), ...secretOf(user, intent, password) },
        done: `User ${user.name} changed`,
      },
      {
        onSuccess: () => {
          setIntent('keep')
          setPassword('')
        },
      },
    )

  return (
    <Panel title="Tags and password">
      <form
        aria-label="Tags and password"
        onSubmit={event => {
          event.preventDefault()
          save()
        }}
      >
        <Stack gap="sm">
          <TagsField value={tags} onChange={setTags} />
          <Select
            label="Password"
            data={intents}
            value={intent}
            onChange={value => setIntent((value ?? 'keep') as Intent)}
          />
          {intent === 'set' && (
            <PasswordInput
              label="New password"
              required
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
              value={password}
              onChange={event => setPassword(event.currentTarget.value)}
            />
          )}
          <Button type="submit" size="xs" w="fit-content" loading={action.isPending}>
            Save
          </Button>
        </Stack>
      </form>
    </Panel>
  )
}

function secretOf(user: User, intent: Intent, password: string): Record<string, string> {
  if (intent === 'set') return { password }
  if (intent === 'remove') return { password_hash: '' }
  const algorithm = user.hashing_algorithm
  return {
    password_hash: user.password_hash ?? '',
    ...(typeof algorithm === 'string' && { hashing_algorithm: algorithm }),
  }
}
