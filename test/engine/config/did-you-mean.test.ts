import { expect, test } from 'vitest';
import { didYouMean } from '../../../engine/config/did-you-mean.ts';

test('a slip of the hand finds the word that was meant', () => {
  const words = ['journal_lines', 'journal_entries', 'note'];
  expect(didYouMean('journal_line', words)).toBe("; did you mean 'journal_lines'?");
  expect(didYouMean('juornal_entries', words)).toBe("; did you mean 'journal_entries'?");
  expect(didYouMean('nope', words)).toBe("; did you mean 'note'?");
  expect(didYouMean('Note', words)).toBe("; did you mean 'note'?");
});

test('a word that is like none is left without a guess', () => {
  expect(didYouMean('vendors', ['journal_lines', 'note'])).toBe('');
  expect(didYouMean('x', [])).toBe('');
});
