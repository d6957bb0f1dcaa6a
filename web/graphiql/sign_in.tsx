// The bar above the editor: who asks.
import { useState, type FormEvent } from 'react';
import { cleanToken, exchangeKey } from './session';

interface SignInProps {
  token: string;
  onToken: (token: string) => void;
}

export function SignIn({ token, onToken }: SignInProps) {
  const [keyId, setKeyId] = useState('');
  const [secret, setSecret] = useState('');
  const [problem, setProblem] = useState('');

  async function exchange(event: FormEvent) {
    event.preventDefault();
    try {
      onToken(await exchangeKey(keyId.trim(), secret.trim()));
      setSecret('');
      setProblem('');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <header className="sign-in">
      <strong>Gatehouse</strong>
      <label>
        Token
        <input
          id="token"
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder="paste a token"
          value={token}
          onChange={(event) => onToken(cleanToken(event.target.value))}
        />
      </label>
      <form onSubmit={(event) => void exchange(event)}>
        <span>or API key</span>
        <input id="key-id" aria-label="Key id" placeholder="id" value={keyId} onChange={(event) => setKeyId(event.target.value)} />
        <input
          id="key-secret"
          aria-label="Key secret"
          type="password"
          autoComplete="off"
          placeholder="secret"
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
        />
        <button type="submit" disabled={!keyId || !secret}>
          Get token
        </button>
      </form>
      <output role="status">{problem}</output>
    </header>
  );
}
