namespace AuxLossRnn.Kernels;

/// <summary>One of the processor's registers of numbers, for what is computed element by element.</summary>
/// <remarks>
/// The widths are types, so that one source serves them all and each operation is one instruction. (The runtime's wide vectors do run on narrower
/// registers, but only short expressions of them compile to good code there; the tile is one.)
/// </remarks>
/// <typeparam name="TSelf">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal unsafe interface IRegister<TSelf, T>
    where TSelf : struct, IRegister<TSelf, T>
    where T : unmanaged
{
    /// <summary>The numbers in a register.</summary>
    static abstract int Count { get; }

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>a / b, in float32 within two units in the last place.</summary>
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>The same number everywhere.</summary>
    static abstract TSelf All(T value);

    static abstract TSelf Load(T* from);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The larger numbers; where b is not a number, that.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The smaller numbers; where b is not a number, that.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The nearest whole numbers, ties to even.</summary>
    static abstract TSelf Round(TSelf x);

    /// <summary>x · 2ⁿ for whole n from −126 to 127, in float32.</summary>
    static abstract TSelf Scale(TSelf x, TSelf n);

    /// <summary>The gradient where the value is above zero, and zero elsewhere.</summary>
    static abstract TSelf WherePositive(TSelf value, TSelf gradient);

    void Store(T* to);

    /// <summary>The sum of all.</summary>
    T Sum();
}
