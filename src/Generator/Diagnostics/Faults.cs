namespace DlGen.Diagnostics;

/// <summary>The text of an exception that the compiler should not have thrown.</summary>
internal static class Faults
{
    public static string Describe(string model, Exception fault)
        => $"DlGen could not compile {model}, which is a fault of DlGen's; please report the declaration: {fault.GetType().Name}: {fault.Message}".Replace('\r', ' ').Replace('\n', ' ');
}
