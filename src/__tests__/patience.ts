import { configure } from '@testing-library/react';

// Ends what never comes, and asserts no speed: a loaded machine takes its time.
configure({ asyncUtilTimeout: 15_000 });
