namespace DlGen;

/// <summary>A call of the CUDA driver failed. What ran on the GPU fails later than the call that queued it, so the failing call need not be the one at fault.</summary>
public sealed class CudaException : DlGenException
{
    internal CudaException(string message, string call, int number, string errorName, string errorText, bool isContextLost, string? log)
        : base(message)
    {
        Call = call;
        Number = number;
        ErrorName = errorName;
        ErrorText = errorText;
        IsContextLost = isContextLost;
        Log = log;
    }

    /// <summary>The function of the driver that gave the error, as <c>cuLaunchKernel</c>.</summary>
    public string Call { get; }

    /// <summary>The number of the error, a <c>CUresult</c>.</summary>
    public int Number { get; }

    /// <summary>The name of the error, as <c>CUDA_ERROR_ILLEGAL_ADDRESS</c>; "unknown" if this driver has none for it.</summary>
    public string ErrorName { get; }

    /// <summary>What the driver says about it.</summary>
    public string ErrorText { get; }

    /// <summary>Whether every further call in the context fails, as after an illegal address: what lay on the GPU is gone, for all that share the context.</summary>
    public bool IsContextLost { get; }

    /// <summary>What the driver's compiler wrote about a module that it refused; null for other errors.</summary>
    public string? Log { get; }
}
