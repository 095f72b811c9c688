namespace Dates;

/// <summary>How the network answers.</summary>
public partial class DateReader
{
    /// <summary>The answers to written dates, each sign the most probable one after those before it.</summary>
    /// <param name="written">Characters of the dates, one date after the other.</param>
    /// <returns>The signs of the answers, each behind its beginning.</returns>
    public int[] Answer(int[] written)
    {
        int rows = written.Length / Longest;
        int[] answers = new int[rows * (AnswerLength + 1)];
        for (int row = 0; row < rows; row++)
            answers[row * (AnswerLength + 1)] = Begin;

        // What stands in the places to come does not matter to those before them.
        for (int place = 0; place < AnswerLength; place++)
        {
            int[] next = Classify(written, answers, Environment.ProcessorCount);
            for (int row = 0; row < rows; row++)
                answers[row * (AnswerLength + 1) + place + 1] = next[row * AnswerLength + place];
        }

        return answers;
    }
}
