using System.Numerics;

namespace DlGen;

/// <summary>Some numbers side by side: a vector of one width, or a single number for the tail. An update rule written over it is written once for every
/// instruction set. All operations round exactly once and none is fused, so every width gives the same bits.</summary>
internal interface ILanes<TSelf, T> :
    IAdditionOperators<TSelf, TSelf, TSelf>, ISubtractionOperators<TSelf, TSelf, TSelf>, IMultiplyOperators<TSelf, TSelf, TSelf>, IDivisionOperators<TSelf, TSelf, TSelf>
    where TSelf : struct, ILanes<TSelf, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    static abstract int Count { get; }

    /// <summary>The number in all lanes, rounded to their type.</summary>
    static abstract TSelf Of(double value);

    static abstract TSelf Load(ref T source);

    static abstract TSelf Sqrt(TSelf value);

    /// <summary>Zero where the magnitude is below the bound; NaN stays.</summary>
    static abstract TSelf FlushBelow(TSelf value, TSelf bound);

    /// <summary>For values that are not negative: at least the bound, but zero stays zero and NaN stays NaN.</summary>
    static abstract TSelf RaiseTo(TSelf value, TSelf bound);

    /// <summary>Zero where below zero; NaN stays.</summary>
    static abstract TSelf FlushNegative(TSelf value);

    /// <summary>1 above 0, -1 below; zero and NaN stay.</summary>
    static abstract TSelf Sign(TSelf value);

    void Store(ref T destination);
}
