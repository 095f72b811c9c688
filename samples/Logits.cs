/// <summary>What a network gives before it is made probabilities.</summary>
internal static class Logits
{
    /// <summary>The place of the largest, of equal ones the first.</summary>
    public static int Greatest(ReadOnlySpan<float> logits)
    {
        int greatest = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[greatest])
                greatest = i;
        }

        return greatest;
    }
}
