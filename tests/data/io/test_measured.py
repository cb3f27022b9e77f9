"""Lines of measurements are brought to columns; what only looks like them is left as it is."""

from dldiag.data.io import measured

POINT = 'air\\ q,site=a\\,b t=1.5,n=3i,note="so, so" 1465839830100400200\n'


def test_a_point_has_its_tags_fields_and_moment():
    names, first = measured.of_points(POINT * 5).splitlines()[:2]
    assert names == "measurement,site,t,n,note,time"
    assert first == 'air q,"a,b",1.5,3,"so, so",2016-06-13T17:43:50.100400'


def test_other_lines_with_equals_signs_are_left():
    assert measured.of_points("a b=1\n" * 9) is None
    assert measured.of_points("level=info n=2\n" * 9) is None
    assert measured.of_points(POINT * 5 + "x\n") is None


def test_metrics_keep_labels_and_moments():
    lines = measured.of_metrics('up{a="x y",b="1"} 0 1465839830100\nup 1\n' * 5).splitlines()
    assert lines[:3] == ["metric,a,b,value,time", "up,x y,1,0,2016-06-13T17:43:50.100000", "up,,,1,"]
    assert measured.of_metrics("town value\n" + "Oslo 1\n" * 9) is None


def test_julia_s_frames_keep_texts_with_blanks():
    rows = "".join(f"{i:4} │ New York  {i:5}\n" for i in range(1, 9))
    text = " Row │ town      n    \n     │ String    Int64\n─────┼────────────────\n" + rows
    assert measured.of_julia(text).splitlines()[:2] == ["town,n", "New York,1"]


def test_settings_above_measurements_are_left_out():
    text = "LabVIEW Measurement\nA\t1\n***End_of_Header***\nX_Value\tU\n0\t1\nChannels\t1\nX_Value\tU\n1\t2\n"
    assert measured.of_labview(text) == "X_Value\tU\n0\t1\n1\t2\n"
    assert measured.of_labview("X_Value\tU\n0\t1\n") is None
