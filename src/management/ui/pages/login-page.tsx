/** The login: a name and a password, answered with a session cookie. */
import { Alert, Button, Center, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { ApiError } from '../api/client'
import { logIn } from '../api/session'
import { Mark } from '../components/mark'

export function LoginPage() {
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const form = useForm({ initialValues: { username: '', password: '' } })

  const submit = form.onSubmit(async ({ username, password }) => {
    setBusy(true)
    setProblem(undefined)
    try {
      await logIn(username, password)
    } catch (error) {
      setProblem(wordsOf(error as Error))
      setBusy(false)
    }
  })

  return (
    <Center component="main" mih="100vh" p="md">
      <form onSubmit={submit} aria-label="Log in" className="surface login">
        <Stack gap="md">
          <Stack gap={4} align="center">
            <Mark size={52} />
            <Title order={1} fz={24}>
              Leveret
            </Title>
            <Text fz="sm" className="quiet">
              Log in to the broker on {location.host}
            </Text>
          </Stack>
          {problem !== undefined && (
            <Alert color="red" variant="default" className="alert" role="alert">
              {problem}
            </Alert>
          )}
          <TextInput
            label="Username"
            name="username"
            autoComplete="username"
            required
            autoFocus
            {...form.getInputProps('username')}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={isBusy} fullWidth>
            Log in
          </Button>
        </Stack>
      </form>
    </Center>
  )
}

/** The server does not tell a wrong name from a wrong password. Other refusals are told as they came. */
function wordsOf(error: Error): string {
  const isPlain =
    error instanceof ApiError &&
    error.status === 401 &&
    /^(login failed|not_authorized)?$/i.test(error.message)
  return isPlain ? 'Login failed: the name or the password is wrong' : error.message
}
