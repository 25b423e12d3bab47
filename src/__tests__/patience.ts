import { configure } from '@testing-library/dom';

// Ends what never comes, and asserts no speed: a loaded machine takes its time.
configure({ asyncUtilTimeout: 15_000 });
