namespace DlGen;

/// <summary>How the scores of classes become one; the names and definitions are scikit-learn's.</summary>
public enum Average
{
    /// <summary>The mean over the classes: rare ones count as much as frequent ones.</summary>
    Macro,

    /// <summary>The score of all decisions together. Where each row has one class, precision, recall and F1 are then the accuracy.</summary>
    Micro,

    /// <summary>The mean over the classes, each weighted by how often it is the true one.</summary>
    Weighted,
}
