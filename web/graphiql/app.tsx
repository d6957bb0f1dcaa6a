// GraphiQL with a field for the token. The schema is asked for again when the token changes.
import { GraphiQL } from 'graphiql';
import { useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { makeFetcher } from './fetcher';
import { storedToken, storeToken } from './session';
import { SignIn } from './sign_in';

const firstQuery = `# Paste a token above, or exchange an API key for one.
query Stacks {
  stacks {
    id
    name
    space
    state
    labels
  }
}
`;

function App() {
  const [token, setToken] = useState(storedToken);
  const fetcher = useMemo(() => makeFetcher(token), [token]);

  function changeToken(next: string) {
    storeToken(next);
    setToken(next);
  }

  return (
    <>
      <SignIn token={token} onToken={changeToken} />
      <main>
        <GraphiQL key={token} fetcher={fetcher} defaultQuery={firstQuery} inputValueDeprecation schemaDescription />
      </main>
    </>
  );
}

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
