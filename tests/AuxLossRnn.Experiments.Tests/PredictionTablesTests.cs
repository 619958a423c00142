using AuxLossRnn.Data;
using Microsoft.Data.Analysis;

namespace AuxLossRnn.Experiments.Tests;

public sealed class PredictionTablesTests
{
    [Fact]
    public void Predictions_make_a_data_frame()
    {
        var predictions = new Predictions(["a", "b"], [[0.25f, 0.75f], [1, 0]], [1, -1]);
        DataFrame frame = predictions.ToDataFrame();

        Assert.Equal(["sequence", "predicted", "p(a)", "p(b)", "true"], frame.Columns.Select(column => column.Name));
        Assert.Equal([0.0, "b", 0.25, 0.75, "b"], frame.Rows[0]);
        Assert.Equal([1.0, "a", 1.0, 0.0, null], frame.Rows[1]);
        Assert.Equal(1, predictions.Accuracy);
        Assert.Equal([[0, 0], [0, 1]], predictions.Confusion());
        Assert.Equal([1.0, "2.jpg", "a", 1.0, 0.0, null], (predictions with { SequenceNames = ["10.jpg", "2.jpg"] }).ToDataFrame().Rows[1]);
        Assert.Equal("name", (predictions with { SequenceNames = ["10.jpg", null] }).ToDataFrame().Columns[1].Name);
        Assert.DoesNotContain("true", (predictions with { Labels = [-1, -1] }).ToDataFrame().Columns.Select(column => column.Name));
    }
}
