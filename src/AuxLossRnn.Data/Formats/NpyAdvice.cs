namespace AuxLossRnn.Data;

/// <summary>How an array of a type that is not read becomes one that is, by what its items are.</summary>
internal static class NpyAdvice
{
    /// <summary>For arrays of records.</summary>
    public const string ForRecords =
        "Save one array of numbers: x = numpy.lib.recfunctions.structured_to_unstructured(x); np.save(path, x.astype('<f4')).";

    /// <summary>What a type is, for those whose letter does not say it.</summary>
    public static string Meaning(string type) => type[1] switch
    {
        'O' => ", Python's own objects",
        'M' => ", dates",
        'm' => ", spans of time",
        'S' => ", bytes",
        'c' => ", complex numbers",
        'V' => ", records",
        _ => "",
    };

    /// <summary>For values.</summary>
    public static string ForNumbers(string type) => type[1] switch
    {
        'O' => "If its sequences differ in length, fill them up with NaN at their ends and say lengthsDiffer: true; otherwise " + As("x.astype('<f4')"),
        'M' or 'm' => As("x.astype('<i8')") + " Subtract the first before, if they are to tell small differences.",
        'c' => "A real and an imaginary part are two channels: " + As("np.stack([x.real, x.imag], axis=-1).astype('<f4')"),
        'V' => ForRecords,
        'f' when type[2..] is "8" or "16" or "12" => As("x.astype('<f8')"),
        'i' or 'u' => As($"x.astype('<{type[1..]}')"),
        _ => As("x.astype('<f4')"),
    };

    /// <summary>For tokens.</summary>
    public static string ForIntegers(string type) => type[1] is 'M' or 'm' or 'c' or 'V' or 'O'
        ? "Tokens are levels from 0: number them, and save them with dtype '<i8'."
        : As("x.astype('<i8')");

    /// <summary>For labels.</summary>
    public static string ForLabels(string type) => type[1] switch
    {
        'f' or 'i' or 'u' => As("y.astype('<i8')"),
        'c' or 'V' => "A label is one number or one text: save an array of those.",
        _ => As("y.astype(str)"),
    };

    private static string As(string expression) => $"Save it with np.save(path, {expression}).";
}
