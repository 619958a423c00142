namespace AuxLossRnn.Data;

/// <summary>Where the pen is and how broadly it writes, in twenty-eighths of the image's side.</summary>
/// <param name="X">To the right, 0 … 28.</param>
/// <param name="Y">Downwards, 0 … 28.</param>
/// <param name="Radius">Half the stroke's width.</param>
internal readonly record struct StrokeDigitsPoint(double X, double Y, double Radius);
